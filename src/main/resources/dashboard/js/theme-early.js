// Before the first paint, so that a chosen theme does not flash. Not a module: those run later.
(() => {
  try {
    const theme = localStorage.getItem('fiddler.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden: then the system's theme it is.
  }
})();
