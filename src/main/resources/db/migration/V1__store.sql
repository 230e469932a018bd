-- One row a process that writes. A batch and its number commit together, so a batch whose COMMIT was
-- answered by silence can be sent again: it is skipped unless its number is above last_batch.
create table writer (
  id uuid primary key,
  last_batch bigint not null default 0,
  host text not null,
  pid bigint not null,
  started_at timestamptz not null,
  updated_at timestamptz not null default now()
);

-- One row a request. Partitioned by day (UTC): what is kept is promised in days, prompts may be in it, and
-- dropping a day is instant. Reports prune to the days they ask for; a year of partitions plans in about
-- a millisecond.
create table request_log (
  id uuid not null,
  created_at timestamptz not null,
  tenant text not null,
  fingerprint text,
  route text not null,
  stream boolean not null,
  status integer not null,
  prompt_tokens integer not null,
  completion_tokens integer not null,
  queue_millis double precision not null,
  first_token_millis double precision,
  total_millis double precision not null,
  finish_reason text,
  sampling jsonb not null,
  device text,
  first_placement_version bigint,
  last_placement_version bigint,
  hit_rate double precision,
  error text,
  prompt text,
  output text,
  primary key (id, created_at)
) partition by range (created_at);

create index request_log_created_at on request_log (created_at);

-- Catches rows of a day whose partition could not be made in time; empty otherwise.
create table request_log_default partition of request_log default;

-- Makes the partition of a day and moves rows into it that reached the default partition. Attaching, unlike
-- "create table ... partition of", does not lock out those who read or write other days.
create function request_log_ensure_partition(day date) returns boolean language plpgsql as $$
declare
  partition text := 'request_log_' || to_char(day, 'YYYYMMDD');
  first timestamptz := day::timestamp at time zone 'UTC';
  beyond timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
  if to_regclass(partition) is not null then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtext('request_log_ensure_partition'));
  if to_regclass(partition) is not null then
    return false;
  end if;
  execute format('create table %I (like request_log including defaults including constraints)', partition);
  -- Known bounds spare the attachment a scan.
  execute format('alter table %I add constraint day check (created_at >= %L and created_at < %L)',
    partition, first, beyond);
  execute format('with moved as (delete from request_log_default where created_at >= %L and created_at < %L returning *)'
    ' insert into %I select * from moved', first, beyond, partition);
  execute format('alter table request_log attach partition %I for values from (%L) to (%L)',
    partition, first, beyond);
  execute format('alter table %I drop constraint day', partition);
  return true;
end
$$;

-- How often each expert of a layer was chosen: counts[1] is expert 0.
create table expert_activation (
  fingerprint text not null,
  layer integer not null,
  phase text not null check (phase in ('prefill', 'decode')),
  tenant text not null,
  hour timestamptz not null,
  counts bigint[] not null,
  primary key (fingerprint, hour, layer, phase, tenant)
);

-- Element by element; the shorter array counts as zeros where it ends.
create function add_counts(a bigint[], b bigint[]) returns bigint[]
language sql immutable parallel safe as $$
  select array_agg(coalesce(x, 0) + coalesce(y, 0) order by i)
  from unnest(a, b) with ordinality as element (x, y, i)
$$;

create view expert_activation_by_expert as
  select fingerprint, layer, (element.position - 1)::integer as expert, phase, tenant, hour, element.count
  from expert_activation, unnest(counts) with ordinality as element (count, position);

-- Placements, never changed but for what they achieved.
create table placement (
  id bigint generated always as identity primary key,
  fingerprint text not null,
  replica text not null,
  created_at timestamptz not null,
  author text not null check (author in ('startup', 'operator', 'automatic')),
  policy text not null,
  parameters jsonb not null,
  window_start timestamptz,
  window_end timestamptz,
  reason text,
  forecast_overall double precision not null,
  forecast_prefill double precision not null,
  forecast_decode double precision not null,
  achieved_overall double precision,
  achieved_prefill double precision,
  achieved_decode double precision
);

create index placement_fingerprint on placement (fingerprint, id desc);

-- The experts a placement wants, best first.
create table placement_expert (
  placement_id bigint not null references placement on delete cascade,
  position integer not null,
  layer integer not null,
  expert integer not null,
  score double precision not null,
  primary key (placement_id, position),
  unique (placement_id, layer, expert)
);
