// Elements. Text is always text: nothing that the service sends becomes markup.
export const byId = (id) => document.getElementById(id);

// el('td', { class: 'number', title: 'x' }, 'text', child)
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key.startsWith('--')) element.style.setProperty(key, value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Sets the text only where it differs: a screen reader is not told the same again.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A sentence that is there or not.
export function setSentence(element, sentence) {
  element.hidden = !sentence;
  setText(element, sentence ?? '');
}

export const facts = (list, pairs) =>
  list.replaceChildren(
    ...pairs.filter(([, value]) => value !== null && value !== undefined && value !== '').flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));

// table(element, 'caption', [['Version', 'number'], ['Why', 'text']], rows of cells)
export function fillTable(table, caption, columns, rows) {
  table.replaceChildren(
    el('caption', { class: 'visually-hidden' }, caption),
    el('thead', {}, el('tr', {}, ...columns.map(([name, kind]) => el('th', { scope: 'col', class: kind }, name)))),
    el('tbody', {}, ...rows.map((row) => (row instanceof Element ? row : tableRow(columns, row)))));
}

export const tableRow = (columns, cells, attributes = {}) =>
  el('tr', attributes, ...cells.map((cell, i) => el(i === 0 ? 'th' : 'td', { class: columns[i][1], scope: i === 0 ? 'row' : null }, cell)));
