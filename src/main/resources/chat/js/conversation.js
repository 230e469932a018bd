// The messages: what is sent along, and what is shown.
import { byId, el } from '../../dashboard/js/dom.js';
import { rendered } from './text.js';

const NAMES = { user: 'You', assistant: 'Model' };
const NEAR_END_PIXELS = 60;

export class Conversation {
  #turns = [];
  #list = byId('messages');
  #scroll = byId('scroll');

  // What was said so far, as the API takes it.
  messages(system) {
    const said = this.#turns.filter(({ content, role }) => content !== '' || role === 'user').map(({ role, content }) => ({ role, content }));
    return system ? [{ role: 'system', content: system }, ...said] : said;
  }

  // The same as one text, for models that know no roles.
  text(system) {
    return this.messages(system).map(({ content }) => content).join('\n');
  }

  get isEmpty() {
    return this.#turns.length === 0;
  }

  user(content) {
    this.#add('user').append(content);
  }

  // A turn that grows: append(text), end(note).
  assistant() {
    return this.#add('assistant');
  }

  // Takes back an answer that did not come.
  dropLast() {
    this.#turns.pop().item.remove();
  }

  clear() {
    this.#turns = [];
    this.#list.replaceChildren();
    byId('empty').hidden = false;
  }

  #add(role) {
    const body = el('div', { class: 'body' });
    const item = el('li', { class: 'message', 'data-role': role }, el('h3', {}, NAMES[role]), body);
    const turn = { role, content: '', item };
    this.#turns.push(turn);
    byId('empty').hidden = true;
    this.#keepingTheEnd(() => this.#list.append(item), true);
    let asked = false;
    const show = () => {
      asked = false;
      this.#keepingTheEnd(() => body.replaceChildren(...rendered(turn.content)));
    };
    if (role === 'assistant') item.dataset.state = 'running';
    return {
      // However fast tokens come, once a frame is enough.
      append: (text) => {
        turn.content += text;
        if (!asked) requestAnimationFrame(show);
        asked = true;
      },
      end: (note) => {
        delete item.dataset.state;
        show();
        if (note) this.#keepingTheEnd(() => item.append(el('p', { class: 'note' }, note)));
      },
      get content() {
        return turn.content;
      },
    };
  }

  // Who reads further up is left there.
  #keepingTheEnd(change, always = false) {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroll;
    const atEnd = always || scrollTop + clientHeight > scrollHeight - NEAR_END_PIXELS;
    change();
    if (atEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }
}
