// Asks before anything is changed, and for the reason.
import { byId, el, setSentence } from '../dom.js';

// ask({ title, text, go, policies }) resolves to { reason, policy } once `act` has succeeded, or to null if called off.
export function ask({ title, text, go, policies }, act) {
  const dialog = byId('action-dialog');
  const opener = document.activeElement;
  byId('action-title').textContent = title;
  byId('action-text').textContent = text;
  byId('action-go').textContent = go;
  byId('action-reason').value = '';
  setSentence(byId('action-problem'), null);
  byId('action-policy-row').hidden = !policies?.length;
  byId('action-policy').replaceChildren(el('option', { value: '' }, 'the configured one'), ...(policies ?? []).map((name) => el('option', { value: name }, name)));

  return new Promise((resolve) => {
    const form = dialog.querySelector('form');
    const onSubmit = async (event) => {
      // Stays open until it is done, so that a refusal is read where it was caused.
      event.preventDefault();
      if (byId('action-go').disabled) return;
      byId('action-go').disabled = true;
      try {
        const answer = await act({ reason: byId('action-reason').value.trim(), policy: policies?.length ? byId('action-policy').value : '' });
        dialog.close('done');
        resolve(answer);
      } catch (refusal) {
        setSentence(byId('action-problem'), refusal.message);
      } finally {
        byId('action-go').disabled = false;
      }
    };
    const onCancel = () => dialog.close();
    const onClose = () => {
      form.removeEventListener('submit', onSubmit);
      byId('action-cancel').removeEventListener('click', onCancel);
      opener?.focus();
      resolve(null);
    };
    form.addEventListener('submit', onSubmit);
    byId('action-cancel').addEventListener('click', onCancel);
    dialog.addEventListener('close', onClose, { once: true });
    dialog.showModal();
    byId('action-reason').focus();
  });
}
