import { signal } from '@preact/signals';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const STORED = 'putlogs-theme';

const theme = signal<Theme>(THEMES.find((name) => name === stored()?.getItem(STORED)) ?? 'auto');
document.documentElement.dataset.theme = theme.value;

/** Undefined where the browser keeps nothing of this site. */
function stored(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function next(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
  stored()?.setItem(STORED, theme.value);
  document.documentElement.dataset.theme = theme.value;
}

/** Light, dark, or as the system is. */
export const ThemeButton = () => (
  <button type="button" id="theme" onClick={next} title="Light, dark, or as the system is">
    {{ auto: '◐ Auto', light: '○ Light', dark: '● Dark' }[theme.value]}
  </button>
);
