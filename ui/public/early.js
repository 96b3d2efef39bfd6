// Runs before the first paint, so that a dark room never flashes white.
(() => {
  const kept = localStorage.getItem('farol.scheme');
  const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
