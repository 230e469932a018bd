-- Fills a migrated database as if it had served for long; measure.sh beside this file does all of it.
-- Parameters are settings of the session:
--   set fill.requests = 5000000;   rows of request_log
--   set fill.days = 365;           over so many days, the last one is today
--   set fill.tenants = 10;
--   set fill.layers = 32;
--   set fill.experts = 8;
--   set fill.hours = 3;            days of which activations are there by hour, the days before by day
set timezone = 'UTC';
set synchronous_commit = off;
select setseed(0.42);

-- Partitions.
select count(ensure_partition('request_log', 'day', day))
from generate_series(current_date - current_setting('fill.days')::int + 1, current_date + 1, interval '1 day') as day;
select count(ensure_partition('expert_activation', 'day', day))
from generate_series(current_date - current_setting('fill.hours')::int, current_date + 1, interval '1 day') as day;
select count(ensure_partition('expert_activation_day', 'month', month)), count(ensure_partition('request_usage', 'month', month))
from generate_series(
  date_trunc('month', current_date - current_setting('fill.days')::int), current_date + 1, interval '1 month') as month;

-- Requests, a day at a time; the trigger keeps request_usage. Tenants differ in size, latencies are close to
-- log-normal, one request in fifty fails.
do $$
declare
  days integer := current_setting('fill.days')::int;
  tenants integer := current_setting('fill.tenants')::int;
  a_day integer := current_setting('fill.requests')::int / days;
begin
  for ago in reverse days - 1 .. 0 loop
    insert into request_log (
      id, created_at, tenant, fingerprint, route, stream, status, prompt_tokens, completion_tokens, queue_millis,
      first_token_millis, total_millis, finish_reason, sampling, device, first_placement_version, last_placement_version, hit_rate)
    select gen_random_uuid(), at, 'tenant-' || floor(tenants * random() ^ 2), 'filled', '/v1/chat/completions', true,
      case when ok then 200 else 429 end, 20 + (1000 * random() ^ 3)::int, case when ok then (400 * random() ^ 2)::int else 0 end,
      3 * random(), case when ok then first_token end, case when ok then first_token * (1 + 20 * random()) else 1 end,
      case when ok then 'stop' end, '{"temperature": 0.7}', 'cuda', 1, 1, case when ok then 0.4 + 0.2 * random() end
    from (
      select
        (current_date - ago) + random() * case when ago = 0 then localtime::interval else interval '1 day' end as at,
        exp(5.5 + 1.5 * (random() + random() + random() - 1.5)) as first_token,
        random() > 0.02 as ok
      from generate_series(1, a_day)
    ) as request;
  end loop;
end
$$;

-- Activations by day, and by hour where the service still has them so. The first experts are the liked ones.
insert into expert_activation_day (fingerprint, phase, tenant, day, experts, counts)
select 'filled', phase, 'tenant-' || tenant, day, array_fill(experts, array[layers]),
  array(select (50000 * random() / (1 + (expert + layer) % experts))::bigint
    from generate_series(0, layers - 1) as layer, generate_series(1, experts) as expert order by layer, expert)
from
  (select current_setting('fill.layers')::int as layers, current_setting('fill.experts')::int as experts) as model,
  generate_series(
    current_date - current_setting('fill.days')::int + 1, current_date - current_setting('fill.hours')::int - 1, interval '1 day') as day,
  generate_series(0, current_setting('fill.tenants')::int - 1) as tenant,
  unnest(array['prefill', 'decode']) as phase;

insert into expert_activation (fingerprint, layer, phase, tenant, hour, counts)
select 'filled', layer, phase, 'tenant-' || tenant, hour,
  array(select (2000 * random() / (1 + (expert + layer) % current_setting('fill.experts')::int))::bigint
    from generate_series(1, current_setting('fill.experts')::int) as expert)
from generate_series(current_date - current_setting('fill.hours')::int, now(), interval '1 hour') as hour,
  generate_series(0, current_setting('fill.layers')::int - 1) as layer,
  generate_series(0, current_setting('fill.tenants')::int - 1) as tenant,
  unnest(array['prefill', 'decode']) as phase;
