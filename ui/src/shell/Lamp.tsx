/** The lighthouse: the one drawing of the product. */
export function Lamp() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M9.6 9h4.8l1.7 12H7.9z" fill="var(--text)" />
      <path d="m9.1 12.6 5.8 0 .5 3.4H8.6z" fill="var(--text-3)" />
      <rect x="9" y="4.4" width="6" height="3.6" rx="0.8" fill="var(--accent)" />
      <path d="m16 5.2 6.5-2.4v6.8L16 7.2zM8 5.2 1.5 2.8v6.8L8 7.2z" fill="var(--accent)" opacity="0.4" />
    </svg>
  );
}
