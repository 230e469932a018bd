// The key of a service that asks for one: kept for this tab, asked for when it is refused.
import { byId, setSentence } from './dom.js';

const NAME = 'fiddler.key';
let asking = null;

export const key = () => sessionStorage.getItem(NAME);

export const authorization = () => (key() ? { Authorization: `Bearer ${key()}` } : {});

// Asks once for all who were refused; resolves when there is a key to try.
export function askForKey(refusal) {
  asking ??= new Promise((resolve) => {
    const dialog = byId('key-dialog');
    const input = byId('key-input');
    const hadOne = key() !== null;
    setSentence(byId('key-problem'), hadOne ? refusal : null);
    input.value = '';
    // There is nothing behind it to go back to.
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    dialog.addEventListener('close', () => {
      sessionStorage.setItem(NAME, input.value.trim());
      input.value = '';
      byId('forget-key').hidden = false;
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
    input.focus();
  });
  return asking;
}

export function startKey() {
  const forget = byId('forget-key');
  forget.hidden = key() === null;
  forget.addEventListener('click', () => {
    sessionStorage.removeItem(NAME);
    location.reload();
  });
}
