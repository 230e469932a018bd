-- What is kept for long, and how long: partitions that are dropped when their time has come, hours of
-- activations that become days, and requests summed up by hour and day.

-- Makes the partition of the day or month (UTC) a moment lies in, and moves rows into it that reached the
-- default partition. Attaching, unlike "create table ... partition of", does not lock out those who read or
-- write other partitions. Whoever changes partitions locks the table first and its default partition next.
create function ensure_partition(parent text, width text, moment timestamptz) returns boolean language plpgsql as $$
declare
  first timestamptz := date_trunc(width, moment, 'UTC');
  beyond timestamptz := (first at time zone 'UTC' + ('1 ' || width)::interval) at time zone 'UTC';
  partition text := parent || '_' || to_char(first at time zone 'UTC', case width when 'month' then 'YYYYMM' else 'YYYYMMDD' end);
  rest text := parent || '_default';
  key text := (
    select attname from pg_partitioned_table join pg_attribute on attrelid = partrelid and attnum = partattrs[0]
    where partrelid = to_regclass(quote_ident(parent)));
  -- Generated ones are not to be given.
  columns text := (
    select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = to_regclass(quote_ident(parent)) and attnum > 0 and not attisdropped and attgenerated = '');
begin
  if to_regclass(quote_ident(partition)) is not null then
    return false;
  end if;
  execute format('lock table only %I in share update exclusive mode', parent);
  if to_regclass(quote_ident(partition)) is not null then
    return false;
  end if;
  execute format('create table %I (like %I including defaults including generated including constraints)', partition, parent);
  -- Known bounds spare the attachment a scan.
  execute format('alter table %I add constraint bounds check (%I >= %L and %I < %L)', partition, key, first, key, beyond);
  if to_regclass(quote_ident(rest)) is not null then
    execute format('lock table %I in access exclusive mode', rest);
    execute format('with moved as (delete from %I where %I >= %L and %I < %L returning *) insert into %I (%s) select %s from moved',
      rest, key, first, key, beyond, partition, columns, columns);
  end if;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, partition, first, beyond);
  execute format('alter table %I drop constraint bounds', partition);
  return true;
end
$$;

create or replace function ensure_day_partition(parent text, day date) returns boolean language sql as $$
  select ensure_partition(parent, 'day', day::timestamp at time zone 'UTC')
$$;

create or replace function request_log_ensure_partition(day date) returns boolean language sql as $$
  select ensure_day_partition('request_log', day)
$$;

-- Rows before `since` are gone from a table.
create table kept_since (
  table_name text primary key,
  since timestamptz not null
);

-- Hours of activations, by day. What was there becomes the default partition as it is, in an instant;
-- upkeep moves it to where it belongs.
drop view expert_activation_by_expert;
alter table expert_activation rename to expert_activation_default;
alter index expert_activation_pkey rename to expert_activation_default_pkey;

create table expert_activation (
  fingerprint text not null,
  layer integer not null,
  phase text not null constraint expert_activation_phase_check check (phase in ('prefill', 'decode')),
  tenant text not null,
  hour timestamptz not null,
  counts bigint[] not null,
  primary key (fingerprint, hour, layer, phase, tenant)
) partition by range (hour);

alter table expert_activation attach partition expert_activation_default default;

-- Days (UTC) of activations, by month, all layers in one row: experts[1] says how many of counts are layer 0's,
-- and so on. A tenth of the rows to read at a start. An activation is either here or in expert_activation, never
-- in both. A late row of a day that is here already becomes an hour once more, and is added once more.
create table expert_activation_day (
  fingerprint text not null,
  phase text not null check (phase in ('prefill', 'decode')),
  tenant text not null,
  day timestamptz not null,
  experts integer[] not null,
  counts bigint[] not null,
  primary key (fingerprint, day, phase, tenant)
) partition by range (day);

create table expert_activation_day_default partition of expert_activation_day default;

-- The elements of such a row; position 1 is expert 0.
create function layer_counts(experts integer[], counts bigint[])
returns table (layer integer, "position" bigint, count bigint) language sql immutable parallel safe as $$
  select (number - 1)::integer, place, counts[row_number() over (order by number, place)]
  from unnest(experts) with ordinality as each_layer (size, number), generate_series(1::bigint, size) as place
$$;

create view expert_activation_by_expert as
  select fingerprint, layer, (element.position - 1)::integer as expert, phase, tenant,
    hour as start, interval '1 hour' as width, element.count
  from expert_activation, unnest(counts) with ordinality as element (count, position)
  union all
  select fingerprint, element.layer, (element.position - 1)::integer, phase, tenant, day, interval '1 day', element.count
  from expert_activation_day, layer_counts(experts, counts) as element;

-- Latencies are counted in histograms whose buckets grow by 4 %: element 1 counts what took up to a
-- millisecond, element i what took more than exp(0.04 (i - 2)) and up to exp(0.04 (i - 1)) milliseconds,
-- element 460 all beyond a day.

-- Any number has a bucket, even one that is none.
create function latency_bucket(millis double precision) returns integer
language sql immutable parallel safe as $$
  select least(460, 1 + ceil(ln(greatest(millis, 1)) / 0.04))::integer
$$;

-- The histogram of some buckets; empty if there are none.
create function bucket_counts(buckets integer[]) returns bigint[]
language sql immutable parallel safe as $$
  select coalesce(array_agg(coalesce(n, 0) order by i), '{}')
  from generate_series(1, (select max(bucket) from unnest(buckets) as each (bucket))) as i
  left join (select bucket, count(*) as n from unnest(buckets) as each (bucket) group by bucket) as counted on bucket = i
$$;

-- The latency of the request at a rank in [0, 1], within 2 %: a bucket's value is as far from both its bounds.
create function histogram_percentile(counts bigint[], rank double precision) returns double precision
language sql immutable parallel safe as $$
  select case when i = 1 then 1 else 2 / (exp(-0.04 * (i - 2)) + exp(-0.04 * (i - 1))) end
  from (
    select i, n, sum(n) over (order by i) as reached, sum(n) over () as total
    from unnest(counts) with ordinality as bucket (n, i)
  ) as bucket
  where n > 0 and reached >= rank * total
  order by i
  limit 1
$$;

-- Requests of an hour and of a day (UTC), of one tenant and of all. Percentiles are kept beside the histograms
-- they are from: a report of whole hours or days then reads four numbers a row.
create table request_usage (
  start timestamptz not null,
  width text not null check (width in ('hour', 'day')),
  all_tenants boolean not null,
  tenant text not null,
  requests bigint not null,
  failed bigint not null,
  prompt_tokens bigint not null,
  completion_tokens bigint not null,
  -- Tokens of the requests that have a hit rate, and these hit rates weighted with them.
  rated_tokens bigint not null,
  hits double precision not null,
  first_token bigint[] not null,
  total bigint[] not null,
  first_token_p50 double precision generated always as (histogram_percentile(first_token, 0.5)) stored,
  first_token_p95 double precision generated always as (histogram_percentile(first_token, 0.95)) stored,
  total_p50 double precision generated always as (histogram_percentile(total, 0.5)) stored,
  total_p95 double precision generated always as (histogram_percentile(total, 0.95)) stored,
  primary key (width, all_tenants, tenant, start)
) partition by range (start);

create table request_usage_default partition of request_usage default;

-- The statement that adds the requests of a table to request_usage. Rows are locked in one order, whoever adds.
create function request_usage_statement(source text) returns text language sql immutable as $$
  select format($statement$
    insert into request_usage as kept (
      width, all_tenants, tenant, start, requests, failed, prompt_tokens, completion_tokens, rated_tokens, hits, first_token, total)
    select
      case when hour is null then 'day' else 'hour' end, grouping(tenant) = 1, coalesce(tenant, ''), coalesce(hour, day),
      count(*), count(*) filter (where status >= 400), sum(prompt_tokens), sum(completion_tokens),
      coalesce(sum(tokens) filter (where hit_rate between 0 and 1), 0),
      coalesce(sum(hit_rate * tokens) filter (where hit_rate between 0 and 1), 0),
      bucket_counts(array_agg(latency_bucket(first_token_millis)) filter (where first_token_millis is not null)),
      bucket_counts(array_agg(latency_bucket(total_millis)))
    from (
      select date_trunc('hour', created_at, 'UTC') as hour, date_trunc('day', created_at, 'UTC') as day, tenant, status,
        prompt_tokens, completion_tokens, prompt_tokens::bigint + completion_tokens as tokens,
        hit_rate, first_token_millis, total_millis
      from %I
    ) request
    group by grouping sets ((hour, tenant), (hour), (day, tenant), (day))
    order by 1, 2, 3, 4
    on conflict (width, all_tenants, tenant, start) do update set
      requests = kept.requests + excluded.requests,
      failed = kept.failed + excluded.failed,
      prompt_tokens = kept.prompt_tokens + excluded.prompt_tokens,
      completion_tokens = kept.completion_tokens + excluded.completion_tokens,
      rated_tokens = kept.rated_tokens + excluded.rated_tokens,
      hits = kept.hits + excluded.hits,
      first_token = coalesce(add_counts(kept.first_token, excluded.first_token), '{}'),
      total = coalesce(add_counts(kept.total, excluded.total), '{}')
  $statement$, source)
$$;

-- In the transaction that writes the requests: sums have each of them exactly once, however late it comes.
create function request_log_add_usage() returns trigger language plpgsql as $$
begin
  execute request_usage_statement('added');
  return null;
end
$$;

create trigger request_log_add_usage after insert on request_log
  referencing new table as added
  for each statement execute function request_log_add_usage();

do $$
begin
  execute request_usage_statement('request_log');
end
$$;
