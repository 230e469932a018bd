// The theme: the system's, or the one chosen here.
const ORDER = ['system', 'light', 'dark'];
const listeners = new Set();

export const onTheme = (listener) => listeners.add(listener);

// The value of a custom property, such as '--text'.
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function startTheme(button) {
  const show = () => {
    button.textContent = `Theme: ${chosen()}`;
    listeners.forEach((listener) => listener());
  };
  button.addEventListener('click', () => {
    choose(ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  show();
}

const chosen = () => document.documentElement.dataset.theme ?? 'system';

function choose(theme) {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem('fiddler.theme');
    else localStorage.setItem('fiddler.theme', theme);
  } catch {
    // It then lasts as long as the page does.
  }
}
