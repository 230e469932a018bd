-- Sampled traces: which experts every token of a generation chose, in order. Partitioned by day (UTC) as
-- request_log is, and dropped by the day.
--
-- choices holds expert ids in the order [tokens, num_layers, top_k], layers without experts left out: one
-- byte an id if all of them are below 256, else two, the higher one first; its length tells which. Tokens
-- before prompt_tokens were prefilled, the others decoded.
create table activation_trace (
  id uuid not null,
  created_at timestamptz not null,
  tenant text not null,
  fingerprint text not null,
  prompt_tokens integer not null,
  tokens integer not null,
  num_layers integer not null,
  top_k integer not null,
  choices bytea not null,
  primary key (id, created_at)
) partition by range (created_at);

create index activation_trace_fingerprint on activation_trace (fingerprint, created_at);

-- Catches rows of a day whose partition could not be made in time; empty otherwise.
create table activation_trace_default partition of activation_trace default;

-- As request_log_ensure_partition, for any table that is partitioned by day on created_at.
create function ensure_day_partition(parent text, day date) returns boolean language plpgsql as $$
declare
  partition text := parent || '_' || to_char(day, 'YYYYMMDD');
  first timestamptz := day::timestamp at time zone 'UTC';
  beyond timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
  if to_regclass(partition) is not null then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtext(parent || '_ensure_partition'));
  if to_regclass(partition) is not null then
    return false;
  end if;
  execute format('create table %I (like %I including defaults including constraints)', partition, parent);
  -- Known bounds spare the attachment a scan.
  execute format('alter table %I add constraint day check (created_at >= %L and created_at < %L)',
    partition, first, beyond);
  execute format('with moved as (delete from %I where created_at >= %L and created_at < %L returning *)'
    ' insert into %I select * from moved', parent || '_default', first, beyond, partition);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)',
    parent, partition, first, beyond);
  execute format('alter table %I drop constraint day', partition);
  return true;
end
$$;

create function activation_trace_ensure_partition(day date) returns boolean language sql as $$
  select ensure_day_partition('activation_trace', day)
$$;

-- Request rows that were given up, so that reports can say what is missing. Written in a batch like rows.
create table request_loss (
  writer_id uuid not null,
  batch bigint not null,
  reason text not null check (reason in ('full', 'unreadable', 'refused')),
  first_at timestamptz not null,
  last_at timestamptz not null,
  requests bigint not null,
  primary key (writer_id, batch, reason)
);

create index request_loss_first_at on request_loss (first_at);
