-- Who may do what: API keys, what was done about them, what they may still use, what they have used.

-- Whose key a request came with, and what the request cost.
alter table request_log
  add column key_id text,
  add column cached_prompt_tokens integer not null default 0,
  add column host_millis double precision not null default 0,
  add column streamed_bytes bigint not null default 0;

-- A key is found by its public prefix and known by the SHA-256 of all of it, which is 256 random bits' worth of
-- it and so needs no salt. Limits that are null do not limit.
create table api_key (
  id text primary key,
  name text not null unique,
  tenant text not null,
  scopes text[] not null,
  digest bytea not null check (length(digest) = 32),
  -- The secret before the last rotation, while it still counts.
  previous_digest bytea,
  previous_until timestamptz,
  requests_per_minute bigint check (requests_per_minute > 0),
  tokens_per_minute bigint check (tokens_per_minute > 0),
  concurrent_requests bigint check (concurrent_requests > 0),
  monthly_tokens bigint check (monthly_tokens > 0),
  priority integer not null,
  max_context integer check (max_context > 0),
  disabled boolean not null default false,
  created_at timestamptz not null,
  rotated_at timestamptz,
  expires_at timestamptz
);

-- Wakes the replicas that remember keys; sent when the transaction commits.
create function api_key_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('fiddler_key', '');
  return null;
end
$$;

create trigger api_key_notify after insert or update or delete on api_key
  for each statement execute function api_key_notify();

-- Everything done about keys, with who and from where; rows are never changed, and no secret is in them.
create table key_audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  source text,
  action text not null,
  key_id text,
  outcome text not null check (outcome in ('done', 'refused')),
  detail text
);

-- What replicas have taken of a key's limits: requests and tokens by the second, those of the month under its
-- first moment (UTC). Taken before it is used, in leases, so no request counts here by itself.
create table key_taken (
  key_id text not null references api_key on delete cascade,
  kind text not null check (kind in ('requests', 'tokens', 'month')),
  slot timestamptz not null,
  units bigint not null,
  primary key (key_id, kind, slot)
);

-- How many requests at once a replica may run for a key; void when the replica no longer renews it.
create table key_permit (
  key_id text not null references api_key on delete cascade,
  replica text not null,
  permits bigint not null,
  expires_at timestamptz not null,
  primary key (key_id, replica)
);

-- What keys have used, by model and month (UTC). Written in the transaction of the requests' rows, so each
-- request counts once, and kept when those rows are gone.
create table key_usage (
  key_id text not null,
  fingerprint text not null,
  month timestamptz not null,
  requests bigint not null,
  failed bigint not null,
  prompt_tokens bigint not null,
  cached_prompt_tokens bigint not null,
  completion_tokens bigint not null,
  host_millis double precision not null,
  streamed_bytes bigint not null,
  primary key (key_id, month, fingerprint)
);

-- Takes units of a key's limit: wanted, or as many as are free, or none if fewer than need are. A unit counts
-- until the same second of the next minute has ended, or until the month has; so no minute holds more than most.
create function key_take(key text, what text, most bigint, need bigint, wanted bigint,
  out granted bigint, out left_over bigint, out taken_at timestamptz, out retry_after interval, out reset_after interval)
language plpgsql as $$
declare
  moment timestamptz;
  first timestamptz;
  free bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('fiddler key ' || what || ' ' || key, 0));
  moment := clock_timestamp();
  taken_at := date_trunc(case what when 'month' then 'month' else 'second' end, moment, 'UTC');
  first := case what when 'month' then taken_at else taken_at - interval '60 seconds' end;
  delete from key_taken
  where key_id = key and kind = what and slot < first - case what when 'month' then interval '1 year' else interval '0' end;
  select greatest(0, most - coalesce(sum(units), 0)) into free
  from key_taken where key_id = key and kind = what and slot >= first;
  granted := case when free >= need then least(free, greatest(need, wanted)) else 0 end;
  if granted > 0 then
    insert into key_taken (key_id, kind, slot, units) values (key, what, taken_at, granted)
    on conflict (key_id, kind, slot) do update set units = key_taken.units + excluded.units;
  end if;
  left_over := free - granted;
  if what = 'month' then
    reset_after := ((taken_at at time zone 'UTC' + interval '1 month') at time zone 'UTC') - moment;
    retry_after := reset_after;
  else
    select coalesce(max(slot) + interval '61 seconds' - moment, interval '0') into reset_after
    from key_taken where key_id = key and kind = what;
    -- When so many of the oldest are over that what is needed is free.
    select coalesce(min(slot) + interval '61 seconds' - moment, interval '61 seconds') into retry_after
    from (
      select slot, sum(units) over (order by slot) as over_by_then
      from key_taken where key_id = key and kind = what
    ) as each_slot
    where free + over_by_then >= need;
  end if;
end
$$;

-- Makes a replica's permits of a key what it wants, or what the others leave of most. Those of replicas that
-- have not renewed theirs count no longer.
create function key_permits(key text, who text, wanted bigint, most bigint, for_so_long interval) returns bigint
language plpgsql as $$
declare
  granted bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('fiddler key permits ' || key, 0));
  delete from key_permit where key_id = key and (replica = who or expires_at < clock_timestamp());
  select least(wanted, greatest(0, most - coalesce(sum(permits), 0))) into granted from key_permit where key_id = key;
  if granted > 0 then
    insert into key_permit values (key, who, granted, clock_timestamp() + for_so_long);
  end if;
  return granted;
end
$$;
