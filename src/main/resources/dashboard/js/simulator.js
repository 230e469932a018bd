// What a device of another size, or another policy, would do with the recorded traces.
import { Chart } from './chart/chart.js';
import { byId, el, fillTable, setSentence, setText } from './dom.js';
import { bytes, count, moment, number, percent } from './format.js';
import { getJson } from './service.js';

export class Simulator {
  // onPolicies(names): the policies there are
  constructor(onPolicies) {
    this.onPolicies = onPolicies;
    byId('simulator-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.run();
    });
  }

  // A simulation takes seconds of the service's time: the first runs when somebody comes to see it.
  runWhenSeen() {
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      this.run();
    }).observe(byId('simulator-form'));
  }

  async run() {
    const form = byId('simulator-form');
    const button = form.querySelector('button');
    button.disabled = true;
    setText(byId('simulator-summary'), 'Simulating.');
    try {
      this.#show(await getJson('actuator/simulation', Object.fromEntries(new FormData(form))));
      setSentence(byId('simulator-problem'), null);
    } catch (refusal) {
      setText(byId('simulator-summary'), '');
      setSentence(byId('simulator-problem'), refusal.missing ? 'This service has no simulator at /actuator/simulation.' : refusal.message);
    } finally {
      button.disabled = false;
    }
  }

  #show({ traces, policies, curve, measured, hindsight, oracle }) {
    this.#summary(traces, measured);
    this.#policies(policies ?? [], [['best fixed, known afterwards', hindsight], ['oracle', oracle]].filter(([, line]) => line));
    const any = (curve ?? []).length > 0;
    byId('simulator-curves').hidden = !any;
    if (any) this.#curves(curve);
  }

  #summary(traces, measured) {
    const from = traces && traces.count > 0 ? `${count(traces.count, 'trace')} with ${count(traces.tokens, 'token')}, ${moment(traces.from)} to ${moment(traces.to)}.` : 'No traces are recorded yet.';
    setText(byId('simulator-summary'), `${from} ${comparison(measured)}`.trim());
  }

  #policies(policies, bounds) {
    byId('policies-region').hidden = policies.length === 0;
    fillTable(byId('policies-table'), 'Policies compared',
      [['Policy'], ['Hit rate', 'number'], ['Copied a token', 'number'], ['Speed', 'number']],
      [...policies.map((one) => [one.policy, one]), ...bounds].map(([name, one]) => [name, percent(one.hitRate), bytes(one.bytesPerToken), speed(one.tokensPerSecond)]));
    const names = policies.map((one) => one.policy);
    const select = byId('simulator-form').elements.policy;
    const known = new Set([...select.options].map((option) => option.value));
    select.append(...names.filter((name) => !known.has(name)).map((name) => el('option', { value: name }, name)));
    this.onPolicies(names);
  }

  #curves(curve) {
    const points = [...curve].sort((one, other) => one.memoryBytes - other.memoryBytes);
    const x = {
      name: 'Device memory', time: false, format: (size) => this.#memory(size), tick: (size) => bytes(size),
      range: (_, low, high) => [low, high > low ? high : low + 1],
    };
    this.speed ??= new Chart(byId('speed-panel'), {
      title: 'Tokens per second against device memory', note: 'Predicted by the latency model; the oracle knows every choice beforehand (Belady).', x, y: { format: speed, tick: number }, empty: 'There is no latency model to predict a speed from.',
      series: [{ label: 'Oracle', colour: '--series-2', dash: true, points: true }, { label: 'Placement', colour: '--series-1', points: true }],
    });
    this.hits ??= new Chart(byId('simulated-hits-panel'), {
      title: 'Hit rate against device memory', note: 'Share of the recorded choices that would be on the device.', x, y: { format: percent, tick: (share) => `${Math.round(share * 100)} %`, min: 0, max: 1 },
      series: [{ label: 'Oracle', colour: '--series-2', dash: true, points: true }, { label: 'Placement', colour: '--series-1', points: true }],
    });
    this.experts = new Map(points.map((point) => [point.memoryBytes, point.experts]));
    const column = (name) => points.map((point) => point[name] ?? null);
    const memory = column('memoryBytes');
    this.speed.show([memory, column('oracleTokensPerSecond'), column('tokensPerSecond')]);
    this.hits.show([memory, column('oracleHitRate'), column('hitRate')]);
  }

  #memory(size) {
    const experts = this.experts?.get(size);
    return experts === undefined ? bytes(size) : `${bytes(size)} (${count(experts, 'expert')})`;
  }
}

// What was predicted for the service as it is, beside what it does.
function comparison(measured) {
  if (!measured) return '';
  const pairs = [
    ['hit rate', percent(measured.hitRate), percent(measured.predictedHitRate)],
    ['', speed(measured.tokensPerSecond), speed(measured.predictedTokensPerSecond)],
  ].filter(([, real]) => real !== '–');
  return `As it is: ${pairs.map(([name, real, predicted]) => `${name} ${real} measured, ${predicted} predicted`.trim()).join('; ')}.`;
}

const speed = (tokensPerSecond) => {
  const text = number(tokensPerSecond);
  return text === '–' ? text : `${text} tokens/s`;
};
