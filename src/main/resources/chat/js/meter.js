// How the answer went: tokens, how fast, under which placement.
import { byId, el } from '../../dashboard/js/dom.js';

export class Meter {
  #list = byId('meter');
  #begun = performance.now();
  #first = null;
  #last = null;
  #tokens = 0;
  #placement = null;
  #exact = false;

  // A part of an answer; each that has text is a token or more.
  add({ text, placement, usage }) {
    this.#placement = placement ?? this.#placement;
    if (text) {
      this.#last = performance.now();
      this.#first ??= this.#last;
      this.#tokens++;
    }
    if (usage) {
      this.#tokens = usage.completion_tokens;
      this.#exact = true;
    }
    this.#show();
  }

  #show() {
    const seconds = this.#first === null ? 0 : (this.#last - this.#first) / 1000;
    const rate = seconds > 0 && this.#tokens > 1 ? `${((this.#tokens - 1) / seconds).toFixed(1)} tokens/s` : null;
    const facts = {
      speed: ['Speed', rate],
      tokens: ['Tokens', this.#tokens ? `${this.#exact ? '' : 'about '}${this.#tokens}` : null],
      first: ['First token', this.#first === null ? null : `${((this.#first - this.#begun) / 1000).toFixed(2)} s`],
      placement: ['Placement', this.#placement === null ? null : `version ${this.#placement}`],
    };
    this.#list.replaceChildren(
      ...Object.entries(facts).filter(([, [, value]]) => value !== null)
        .map(([id, [name, value]]) => el('div', {}, el('dt', {}, name), el('dd', { id: `meter-${id}` }, value))));
  }
}
