// The placement in force, actions, history.
import { byId, setSentence } from '../dom.js';
import { getJson } from '../service.js';
import { Actions } from './actions.js';
import { showPlacement } from './facts.js';
import { History } from './history.js';

export class PlacementPanel {
  // onPlacement(placement): there is a newer answer of GET placement
  constructor(onPlacement) {
    this.onPlacement = onPlacement;
    this.actions = new Actions(() => this.refresh());
    this.history = new History(this.actions);
  }

  async refresh() {
    await Promise.all([this.current(), this.history.refresh()]);
  }

  async current() {
    try {
      const placement = await getJson('actuator/placement');
      showPlacement(placement);
      this.actions.show(placement);
      this.onPlacement(placement);
      setSentence(byId('placement-problem'), null);
    } catch (refusal) {
      setSentence(byId('placement-problem'), refusal.missing ? 'This service does not expose /actuator/placement.' : refusal.message);
    }
  }

  policies(names) {
    this.actions.policies = names;
  }
}
