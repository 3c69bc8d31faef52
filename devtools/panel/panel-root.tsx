import { type CSSProperties, type ReactElement, type ReactNode, useSyncExternalStore } from 'react';
import { mediaQuery } from './media-query.js';
import type { Preferences, ThemeChoice } from './preferences.js';

const dark = mediaQuery('(prefers-color-scheme: dark)');

/** Whether the panel is dark now: as chosen, or as the system is. */
export function useDark(theme: ThemeChoice): boolean {
  const systemDark = useSyncExternalStore(dark.subscribe, dark.matches, () => false);
  return theme === 'system' ? systemDark : theme === 'dark';
}

/** What the panel stands in: its place on the page, its size and its colours. */
export function PanelRoot({
  preferences: { dock, size, theme },
  children,
}: {
  readonly preferences: Preferences;
  readonly children: ReactNode;
}): ReactElement {
  const isDark = useDark(theme);
  const unit = dock === 'bottom' || dock === 'top' ? 'vh' : 'vw';
  // React writes custom properties through the object model, which a strict policy allows.
  const style = { '--size': `${size * 100}${unit}` } as CSSProperties;
  // Its words are English, whatever the page around it speaks; names and payloads find their own direction.
  return (
    <div
      className="root"
      dir="ltr"
      lang="en"
      data-theme={isDark ? 'dark' : 'light'}
      data-dock={dock}
      style={style}
    >
      <section className="panel" aria-label="Dagger devtools">
        {children}
      </section>
    </div>
  );
}
