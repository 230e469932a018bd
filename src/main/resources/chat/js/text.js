// A message as elements: text as it is, and what stands between ``` fences as code. Never as markup.
import { el } from '../../dashboard/js/dom.js';

const FENCE = /^ {0,3}```[^`\n]*$/;

export function rendered(text) {
  const parts = [];
  let lines = [];
  let code = false;
  const end = () => {
    if (code) parts.push(el('pre', { tabindex: '0' }, el('code', {}, lines.join('\n'))));
    else if (lines.some((line) => line !== '')) parts.push(el('div', { class: 'text' }, trimmed(lines).join('\n')));
    lines = [];
  };
  for (const line of text.split('\n')) {
    if (FENCE.test(line) && (!code || line.trim() === '```')) {
      end();
      code = !code;
    } else {
      lines.push(line);
    }
  }
  end();
  return parts;
}

// Without the empty lines around a block of code.
function trimmed(lines) {
  let from = 0;
  let to = lines.length;
  while (from < to && lines[from] === '') from++;
  while (to > from && lines[to - 1] === '') to--;
  return lines.slice(from, to);
}
