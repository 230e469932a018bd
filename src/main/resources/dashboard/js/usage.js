// Requests, tokens and latencies by hour from the database, and the latest generations from the stream.
import { Chart } from './chart/chart.js';
import { byId, fillTable, setSentence, setText } from './dom.js';
import { clock, count, day, duration, number, percent, whole } from './format.js';
import { getJson } from './service.js';

const HOUR = 3600;

export class Usage {
  constructor() {
    const x = { name: 'Hour', format: (seconds) => `${day(seconds)}, ${clock(seconds)}`, tick: clock, range: () => this.range };
    const empty = 'No requests in these 24 hours.';
    this.range = dayUntilNow();
    this.requests = new Chart(byId('requests-panel'), {
      title: 'Requests by hour', note: 'Of the last 24 hours, from the database.', x, y: { format: whole }, empty,
      series: [{ label: 'Failed', colour: '--series-2', bars: true, stacked: true }, { label: 'Served', colour: '--series-1', bars: true, stacked: true }],
    });
    this.tokens = new Chart(byId('tokens-panel'), {
      title: 'Tokens by hour', note: 'Read from prompts and generated.', x, y: { format: whole, tick: short }, empty,
      series: [{ label: 'Generated', colour: '--series-3', bars: true, stacked: true }, { label: 'Read', colour: '--series-quiet', bars: true, stacked: true }],
    });
    this.latency = new Chart(byId('latency-panel'), {
      title: 'Latency by hour', note: 'Median and 95th percentile; a logarithmic scale.', x, y: { format: duration, log: true }, empty,
      series: [
        { label: 'First token, median', colour: '--series-1', points: true },
        { label: '95th', colour: '--series-1', dash: true, quiet: true, points: true },
        { label: 'Whole answer, median', colour: '--series-4', points: true },
        { label: '95th', colour: '--series-4', dash: true, quiet: true, points: true },
      ],
    });
  }

  async refresh() {
    try {
      this.#show(await getJson('actuator/usage', { by: 'hour' }));
      setSentence(byId('usage-problem'), null);
    } catch (refusal) {
      setSentence(byId('usage-problem'), refusal.missing ? 'This service does not expose /actuator/usage.' : refusal.message);
    }
  }

  latest({ generations, firstToken, perToken, total }) {
    setText(byId('latest-summary'), generations === 0 ? 'None since the start.' : `Percentiles of the latest ${count(generations, 'generation')}.`);
    const row = (name, percentiles) => [name, ...['p50', 'p95', 'p99'].map((p) => duration(percentiles?.[p]))];
    const text = JSON.stringify([firstToken, perToken, total]);
    if (text === this.latestText) return;
    this.latestText = text;
    fillTable(byId('latest-table'), 'Latest generations', [['', 'text'], ['median', 'number'], ['95th', 'number'], ['99th', 'number']],
      [row('To the first token', firstToken), row('Per token after it', perToken), row('Whole answer', total)]);
  }

  #show(usage) {
    const { totals } = usage;
    const hits = totals.hitRate === null ? '' : `, hit rate ${percent(totals.hitRate)}`;
    setText(byId('usage-summary'),
      `Last 24 hours: ${count(totals.requests, 'request')}, ${count(totals.failed, 'failure')}, ${whole(totals.promptTokens)} tokens read, ${whole(totals.completionTokens)} generated${hits}.`);
    this.range = dayUntilNow();
    const rows = everyHour(usage.rows, this.range);
    const time = rows.map((row) => row.time + HOUR / 2);
    const column = (of) => rows.map((row) => (row.start ? of(row) : null));
    const sums = usage.rows.length > 0 ? (of) => rows.map((row) => (row.start ? of(row) : 0)) : column;
    this.requests.show([time, sums((row) => row.failed), sums((row) => row.requests - row.failed)]);
    this.tokens.show([time, sums((row) => row.completionTokens), sums((row) => row.promptTokens)]);
    this.latency.show([time, ...['firstTokenMillisP50', 'firstTokenMillisP95', 'totalMillisP50', 'totalMillisP95'].map((name) => column((row) => row[name] ?? null))]);
  }
}

function dayUntilNow() {
  const end = Math.ceil(Date.now() / 1000 / HOUR) * HOUR;
  return [end - 24 * HOUR, end];
}

// The service leaves out hours without requests.
function everyHour(rows, [from, to]) {
  const byStart = new Map(rows.map((row) => [Date.parse(row.start) / 1000, row]));
  const hours = [];
  for (let time = from; time < to; time += HOUR) hours.push({ time, ...byStart.get(time) });
  return hours;
}

const short = (value) => (value >= 10_000 ? `${number(value / 1000)} k` : whole(value));
