// The settings: kept for this tab.
import { byId, el, setText } from '../../dashboard/js/dom.js';

const NAME = 'fiddler.chat';
const WIDE = matchMedia('(min-width: 861px)');
const DEFAULT_MAX_TOKENS = 256;

export class Settings {
  #form = byId('settings-form');

  constructor() {
    const panel = byId('settings');
    panel.open = WIDE.matches;
    WIDE.addEventListener('change', () => (panel.open = WIDE.matches));
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    this.#form.addEventListener('input', () => this.#keep());
    this.#form.addEventListener('reset', () => sessionStorage.removeItem(NAME));
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? '{}');
    for (const field of this.#fields()) if (kept[field.name]) field.value = kept[field.name];
  }

  models(names) {
    const select = this.#form.elements.model;
    const chosen = select.value;
    select.replaceChildren(...names.map((name) => el('option', {}, name)));
    if (names.includes(chosen)) select.value = chosen;
    setText(byId('title-model'), select.value);
    document.title = `${select.value} – Fiddler`;
  }

  get system() {
    return this.#form.elements.system.value.trim();
  }

  // Shows what is wrong with a field, if something is.
  areValid() {
    if (!this.#form.checkValidity()) byId('settings').open = true;
    return this.#form.reportValidity();
  }

  // As fields of a request; those left empty are the service's defaults.
  get fields() {
    const { model, temperature, max_tokens, top_p } = this.#form.elements;
    return {
      ...(model.value && { model: model.value }),
      max_tokens: Number(max_tokens.value || DEFAULT_MAX_TOKENS),
      ...(temperature.value && { temperature: Number(temperature.value) }),
      ...(top_p.value && { top_p: Number(top_p.value) }),
      ...(this.#form.elements.seed.value && { seed: Number(this.#form.elements.seed.value) }),
    };
  }

  #fields() {
    return [...this.#form.elements].filter((field) => field.name && field.name !== 'model');
  }

  #keep() {
    sessionStorage.setItem(NAME, JSON.stringify(Object.fromEntries(this.#fields().map((field) => [field.name, field.value]))));
  }
}
