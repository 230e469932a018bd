// All versions, newest first.
import { byId, el, fillTable, setSentence, tableRow } from '../dom.js';
import { moment, percent, whole } from '../format.js';
import { getJson } from '../service.js';
import { Diff } from './diff.js';
import { forecast, who } from './facts.js';

const PAGE = 20;
const COLUMNS = [['Version', 'number'], ['When'], ['By', 'text'], ['Policy'], ['Why', 'text'], ['Experts', 'number'], ['Forecast', 'number'], ['Achieved', 'number'], ['']];

export class History {
  constructor(actions) {
    this.actions = actions;
    this.versions = [];
    this.diff = new Diff(() => this.versions);
    byId('history-older').addEventListener('click', () => this.#older());
  }

  async refresh() {
    try {
      const { placements } = await getJson('actuator/placements', { limit: PAGE });
      const oldest = placements.at(-1)?.version ?? 0;
      // What was shown of older ones stays.
      this.versions = [...placements, ...this.versions.filter(({ version }) => version < oldest)];
      setSentence(byId('history-problem'), null);
      if (this.versions.length === placements.length) byId('history-older').hidden = placements.length < PAGE;
      this.#show();
    } catch (refusal) {
      setSentence(byId('history-problem'), refusal.missing ? 'This service keeps no history of placements at /actuator/placements.' : refusal.message);
    }
  }

  async #older() {
    try {
      const { placements } = await getJson('actuator/placements', { limit: PAGE, before: this.versions.at(-1).version });
      byId('history-older').hidden = placements.length < PAGE;
      this.versions.push(...placements);
      this.#show();
    } catch (refusal) {
      setSentence(byId('history-problem'), refusal.message);
    }
  }

  #show() {
    // The button that has the focus is about to be replaced by its successor.
    const focused = document.activeElement?.id;
    fillTable(byId('history-table'), 'Placement history', COLUMNS, this.versions.map((version) => this.#row(version)));
    if (focused?.startsWith('compare-') || focused?.startsWith('rollback-')) byId(focused)?.focus();
  }

  #row(one) {
    const { version } = one;
    const compare = el('button', { type: 'button', id: `compare-${version}`, 'aria-label': `Compare version ${version}`, onclick: () => this.diff.open(version) }, 'Compare');
    const rollback = el('button', { type: 'button', id: `rollback-${version}`, 'aria-label': `Roll back to version ${version}`, onclick: () => this.actions.rollback(version) }, 'Roll back');
    const achieved = one.achievedAssignments > 0 ? percent(one.achievedHitRate) : '–';
    const tags = [one.current ? el('span', { class: 'tag' }, 'in force') : null, one.pinned ? el('span', { class: 'tag warn' }, 'pinned') : null];
    return tableRow(COLUMNS, [
      `${version}`,
      el('span', {}, moment(one.createdAt), ...tags),
      who(one), one.policy, one.reason ?? '', whole(one.experts), forecast(one), achieved,
      el('span', { class: 'row-actions' }, compare, one.current ? null : rollback),
    ], { 'aria-current': one.current ? 'true' : null, 'data-version': version });
  }
}
