// Says how the connection and the engine are.
import { byId, setText } from './dom.js';
import { percent } from './format.js';

export class Connection {
  constructor(retry) {
    byId('banner-retry').addEventListener('click', retry);
  }

  status(state, sentence) {
    byId('banner').hidden = state !== 'lost';
    if (sentence) setText(byId('banner-text'), sentence);
    if (state !== 'live') this.#pill(state, state === 'lost' ? 'Connection lost' : 'Connecting');
  }

  live({ state, phase, progress }) {
    switch (state) {
      case 'ready': return this.#pill('live', 'Live');
      case 'loading': return this.#pill('loading', `Loading ${percent(progress)}: ${phase}`);
      default: return this.#pill('failed', `${state === 'failed' ? 'Failed' : 'Closed'}${phase ? `: ${phase}` : ''}`);
    }
  }

  #pill(state, text) {
    const pill = byId('connection');
    pill.dataset.state = state;
    setText(pill, text);
  }
}
