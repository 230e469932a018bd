// What an operator can do to the placement.
import { byId, el, setSentence } from '../dom.js';
import { count } from '../format.js';
import { postJson } from '../service.js';
import { ask } from './dialog.js';
import { forecast } from './facts.js';

export class Actions {
  // changed(): something was done
  constructor(changed) {
    this.changed = changed;
    this.policies = [];
    this.propose = el('button', { type: 'button', id: 'propose', onclick: () => this.#propose() }, 'Propose');
    this.apply = el('button', { type: 'button', id: 'apply', class: 'primary', onclick: () => this.#apply() }, 'Plan and apply');
    this.pin = el('button', { type: 'button', id: 'pin', hidden: true, onclick: () => this.#pin() }, 'Pin');
    byId('placement-actions').replaceChildren(this.pin, this.propose, this.apply);
  }

  // The placement as it is now.
  show(placement) {
    this.placement = placement;
    // What is not recorded cannot be held.
    this.pin.hidden = placement.pinned === undefined || (!placement.pinned && !placement.version);
    this.pin.textContent = placement.pinned ? 'Unpin' : `Pin version ${placement.version}`;
  }

  rollback(version) {
    return this.#ask({ title: `Roll back to version ${version}?`, text: 'Its experts are brought to the device again, as a new version, while requests are served.', go: 'Roll back' },
      { action: 'rollback', version });
  }

  #propose() {
    return this.#ask({ title: 'Propose a placement', text: 'Plans from everything recorded so far. Nothing is changed.', go: 'Propose', policies: this.policies }, { action: 'propose' });
  }

  #apply() {
    return this.#ask({ title: 'Plan anew and apply?', text: 'Plans from everything recorded so far and moves experts while requests are served.', go: 'Apply', policies: this.policies },
      { action: 'apply' });
  }

  #pin() {
    const { pinned, version } = this.placement;
    return pinned
      ? this.#ask({ title: `Unpin version ${pinned.version}?`, text: 'Live correction may move experts again.', go: 'Unpin' }, { action: 'unpin', ...(pinned.scope && { scope: pinned.scope }) })
      : this.#ask({ title: `Pin version ${version}?`, text: 'Live correction leaves it alone until it is unpinned.', go: 'Pin' }, { action: 'pin', version });
  }

  async #ask(question, body) {
    const answer = await ask(question, ({ reason, policy }) => postJson('actuator/placement', { ...body, ...(reason && { reason }), ...(policy && { policy }) }));
    if (!answer) return;
    setSentence(byId('placement-result'), this.#result(body.action, answer));
    await this.changed();
  }

  #result(action, answer) {
    const moves = answer.loaded && answer.evicted ? `${count(answer.loaded.length, 'expert')} to load, ${count(answer.evicted.length, 'expert')} to evict` : '';
    switch (action) {
      case 'propose': return `Proposed by ${answer.policy}: forecast ${forecast(answer)}; ${moves}. Nothing was changed.`;
      case 'apply': return `Version ${answer.version} (${answer.policy}) is in force: forecast ${forecast(answer)}; ${moves.replaceAll('to load', 'loaded').replaceAll('to evict', 'evicted')}.`;
      case 'rollback': return `Rolled back as version ${answer.version}, which is in force; ${moves.replaceAll('to load', 'loaded').replaceAll('to evict', 'evicted')}.`;
      case 'pin': return `Version ${answer.pinned?.version ?? answer.version} is pinned.`;
      default: return 'No version is pinned any more.';
    }
  }
}
