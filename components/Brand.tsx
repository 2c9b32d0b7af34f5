/** The logo: three sliders. */
export function Brand() {
  return (
    <a class="brand" href="/" aria-label="Latentboard">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#17161a" />
        <g stroke="#6b6672" stroke-width="2.5" stroke-linecap="round">
          <path d="M7 10h18M7 16h18M7 22h18" />
        </g>
        <g fill="#ffab4a">
          <circle cx="20" cy="10" r="3.2" />
          <circle cx="11" cy="16" r="3.2" />
          <circle cx="23" cy="22" r="3.2" />
        </g>
      </svg>
      <span>Latentboard</span>
    </a>
  );
}
