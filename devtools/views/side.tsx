import type { KeyboardEvent, ReactElement, ReactNode } from 'react';

/** What is selected, beside the view that it was selected in. Escape closes it, as its own button does. */
export function Side({
  label,
  close,
  children,
}: {
  readonly label: string;
  close(): void;
  readonly children: ReactNode;
}): ReactElement {
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  };
  return (
    <section className="side" aria-label={label} onKeyDown={closeByKey}>
      {children}
    </section>
  );
}
