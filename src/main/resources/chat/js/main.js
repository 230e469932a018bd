// Puts the page together: sends what is written, shows what comes, stops.
import { byId, setText } from '../../dashboard/js/dom.js';
import { startKey } from '../../dashboard/js/key.js';
import { startTheme } from '../../dashboard/js/theme.js';
import { answer, failureOf, reach } from './answer.js';
import { Conversation } from './conversation.js';
import { Meter } from './meter.js';
import { Settings } from './settings.js';

const NO_TEMPLATE = 'no_chat_template';
const NOTES = { length: 'Ended at the most tokens.', stopped: 'Stopped.' };

const input = byId('input');
const conversation = new Conversation();
const settings = new Settings();
let running = null;
// Whether the model knows no roles, which it says when it is asked.
let plain = false;

function problem(sentence) {
  byId('problem').hidden = !sentence;
  setText(byId('problem-text'), sentence ?? '');
}

const sentenceOf = (failure) =>
  failure.wait ? `${failure.message} Wait ${failure.wait} s.`.replace(/([^.!?]) Wait/, '$1. Wait') : failure.message;

function busy(is) {
  byId('send').hidden = is;
  byId('stop').hidden = !is;
  byId('new').disabled = is;
}

const asked = () =>
  plain
    ? ['v1/completions', { ...settings.fields, prompt: conversation.text(settings.system) }]
    : ['v1/chat/completions', { ...settings.fields, messages: conversation.messages(settings.system) }];

// One answer to what was said last.
async function run() {
  problem(null);
  const stop = new AbortController();
  running = stop;
  busy(true);
  setText(byId('announcement'), 'Answering');
  const turn = conversation.assistant();
  const meter = new Meter();
  let reason = null;
  try {
    for await (const part of answer(...asked(), stop.signal)) {
      meter.add(part);
      if (part.text) turn.append(part.text);
      reason = part.reason ?? reason;
    }
    turn.end(NOTES[reason]);
  } catch (failure) {
    if (stop.signal.aborted) {
      turn.end(NOTES.stopped);
    } else if (failure.code === NO_TEMPLATE && !plain) {
      plain = true;
      byId('plain').hidden = false;
      conversation.dropLast();
      return run();
    } else {
      if (turn.content === '') conversation.dropLast();
      else turn.end('It ended here.');
      problem(sentenceOf(failure));
    }
  }
  running = null;
  busy(false);
  setText(byId('announcement'), turn.content ? `Model: ${turn.content}` : '');
}

function send() {
  const text = input.value;
  if (running || !text.trim() || !settings.areValid()) return;
  input.value = '';
  conversation.user(text);
  run();
}

const stop = () => running?.abort();

async function models() {
  try {
    const response = await reach('v1/models');
    if (!response.ok) throw await failureOf(response);
    settings.models((await response.json()).data.map(({ id }) => id));
    problem(null);
  } catch (failure) {
    problem(sentenceOf(failure));
    setTimeout(models, (failure.wait ?? 5) * 1000);
  }
}

startTheme(byId('theme'));
startKey();
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
input.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && running) stop();
});
byId('stop').addEventListener('click', () => {
  stop();
  input.focus();
});
byId('again').addEventListener('click', () => (conversation.isEmpty ? models() : running ?? run()));
byId('new').addEventListener('click', () => {
  conversation.clear();
  problem(null);
  byId('meter').replaceChildren();
  input.focus();
});
input.focus();
models();
