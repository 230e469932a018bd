// One version beside another.
import { byId, el, facts } from '../dom.js';
import { count, percent } from '../format.js';
import { getJson } from '../service.js';
import { forecast, total } from './facts.js';

const MOST_CHIPS = 200;

export class Diff {
  // versions(): those that can be compared with
  constructor(versions) {
    this.versions = versions;
    this.host = byId('diff');
  }

  async open(version, against = this.#other(version)) {
    this.host.hidden = false;
    this.host.replaceChildren(this.#head(version, against), await this.#body(version, against));
    this.host.focus();
  }

  // The one in force, or for that the one before.
  #other(version) {
    const versions = this.versions();
    const current = versions.find((one) => one.current)?.version;
    return current !== undefined && current !== version ? current : versions.find((one) => one.version < version)?.version;
  }

  #head(version, against) {
    const options = this.versions().filter((one) => one.version !== version)
      .map((one) => el('option', { value: one.version, selected: one.version === against }, `version ${one.version}${one.current ? ' (in force)' : ''}`));
    const select = el('select', { onchange: () => this.open(version, Number(select.value)) }, ...options);
    return el('div', { class: 'diff-head' },
      el('h3', {}, `Version ${version}`),
      el('label', {}, 'against', select),
      el('button', { type: 'button', class: 'quiet', onclick: () => this.#close(version) }, 'Close'));
  }

  #close(version) {
    this.host.hidden = true;
    byId(`compare-${version}`)?.focus();
  }

  async #body(version, against) {
    if (against === undefined) return el('p', { class: 'muted' }, 'There is no other version to compare with.');
    try {
      const { diff, achieved, ...placement } = await getJson(`actuator/placements/${version}`, { against });
      const list = el('dl', {});
      facts(list, [
        ['Forecast', forecast(placement)],
        ['Achieved', total(achieved?.assignments) > 0 ? `${percent(achieved.hitRate)} of ${count(total(achieved.assignments), 'choice')}` : 'nothing yet'],
        [`Only in ${version}`, experts(diff.added)],
        [`Only in ${against}`, experts(diff.removed)],
        ['In both', count(diff.kept, 'expert')],
      ]);
      return list;
    } catch (refusal) {
      return el('p', { class: 'problem' }, refusal.message);
    }
  }
}

function experts(list) {
  if (list.length === 0) return 'none';
  const more = list.length > MOST_CHIPS ? el('span', {}, `and ${list.length - MOST_CHIPS} more`) : null;
  return el('span', { class: 'chips' }, ...list.slice(0, MOST_CHIPS).map(({ layer, expert }) =>
    el('span', { class: 'chip', 'aria-label': `layer ${layer}, expert ${expert}` }, `L${layer} · ${expert}`)), more);
}
