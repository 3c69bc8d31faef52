// biome-ignore-all lint/a11y/useSemanticElements: a group of menu items is no <fieldset>
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { Icon } from './icons.js';

export interface MenuEntry {
  readonly label: string;
  readonly checked?: boolean;
  readonly disabled?: boolean;
  run(): void;
}

export interface MenuGroup {
  readonly title: string;
  readonly entries: readonly MenuEntry[];
}

/** A button with a menu: arrow keys walk it, Escape closes it and gives the focus back. */
export function Menu({
  label,
  groups,
}: {
  readonly label: string;
  readonly groups: readonly MenuGroup[];
}): ReactElement {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);

  // Once: each message renders the panel again, and whoever walks the menu must not be sent back to its beginning.
  useEffect(() => {
    if (open) itemsOf(list.current)[0]?.focus();
  }, [open]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const walk = (event: KeyboardEvent<HTMLDivElement>): void => {
    const all = itemsOf(list.current);
    const at = all.findIndex((item) => item.matches(':focus'));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      all[next % all.length]?.focus();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (event.key === 'Tab') setOpen(false);
  };

  return (
    <div className="menu">
      <button
        ref={button}
        type="button"
        className="icon-button"
        title={label}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="menu" />
      </button>
      {open && (
        <>
          <div style={{ position: 'fixed', inset: 0, zIndex: 19 }} onPointerDown={() => setOpen(false)} />
          <div ref={list} className="menu-list" role="menu" aria-label={label} tabIndex={-1} onKeyDown={walk}>
            {groups.map(({ title, entries }, index) => (
              <div key={title} role="group" aria-label={title}>
                {index > 0 && <hr />}
                <div className="menu-title" aria-hidden="true">
                  {title}
                </div>
                {entries.map((entry) => (
                  <button
                    key={entry.label}
                    type="button"
                    role={entry.checked === undefined ? 'menuitem' : 'menuitemradio'}
                    {...(entry.checked !== undefined && { 'aria-checked': entry.checked })}
                    disabled={entry.disabled}
                    tabIndex={-1}
                    onClick={() => {
                      close();
                      entry.run();
                    }}
                  >
                    <span className="check" aria-hidden="true">
                      {entry.checked ? '✓' : ''}
                    </span>
                    {entry.label}
                  </button>
                ))}
              </div>
            ))}
          </div>
        </>
      )}
    </div>
  );
}

function itemsOf(list: HTMLElement | null): HTMLButtonElement[] {
  return [...(list?.querySelectorAll<HTMLButtonElement>('button:not([disabled])') ?? [])];
}
