-- The life of placements: who asked for them, what was done about them, which are held, and what each achieved.

alter table placement add column made_by text;
alter table placement add column forecast_uncertainty double precision;

-- What a version achieved is counted by each process that ran it: a replica that is restarted with a pinned version
-- goes on with it. A process writes its own row again and again, with all it has counted, so nothing counts twice.
alter table placement drop column achieved_overall, drop column achieved_prefill, drop column achieved_decode;

create table placement_run (
  placement_id bigint not null references placement on delete cascade,
  run uuid not null,
  replica text not null,
  since timestamptz not null,
  until timestamptz not null,
  prefill_hits bigint not null,
  prefill_assignments bigint not null,
  decode_hits bigint not null,
  decode_assignments bigint not null,
  primary key (placement_id, run)
);

create view placement_achieved as
  select placement_id, min(since) as since, max(until) as until,
    sum(prefill_hits)::bigint as prefill_hits, sum(prefill_assignments)::bigint as prefill_assignments,
    sum(decode_hits)::bigint as decode_hits, sum(decode_assignments)::bigint as decode_assignments,
    (sum(prefill_hits) + sum(decode_hits))::double precision
      / nullif(sum(prefill_assignments) + sum(decode_assignments), 0) as hit_rate
  from placement_run group by placement_id;

-- Everything done about placements, with who and why; rows are never changed.
create table placement_event (
  id bigint generated always as identity primary key,
  fingerprint text not null,
  replica text not null,
  at timestamptz not null,
  action text not null
    check (action in ('start', 'apply', 'propose', 'rollback', 'pin', 'unpin', 'follow', 'correct')),
  placement_id bigint references placement on delete set null,
  made_by text,
  reason text,
  detail text,
  -- What the other replicas are to take over.
  for_all boolean not null default false,
  -- The event of another replica that was taken over.
  followed bigint
);

create index placement_event_fingerprint on placement_event (fingerprint, id desc);
create index placement_event_for_all on placement_event (fingerprint, id desc) where for_all;
create index placement_event_replica on placement_event (fingerprint, replica, id desc);

-- A version held against correction: by a replica, or by all ('').
create table placement_pin (
  fingerprint text not null,
  replica text not null,
  placement_id bigint not null references placement on delete cascade,
  made_by text,
  at timestamptz not null,
  reason text,
  primary key (fingerprint, replica)
);

-- Wakes the replicas that listen; sent when the transaction commits, so what they then read is there.
create function placement_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('fiddler_placement', '');
  return null;
end
$$;

create trigger placement_event_notify after insert on placement_event
  for each statement execute function placement_notify();
