import type { ReactElement } from 'react';
import type { ErrorRecord } from '../../core/errors.js';

/** An error as it was recorded; where it was thrown unfolds. */
export function ErrorNote({
  error,
  attempt,
}: {
  readonly error: ErrorRecord;
  readonly attempt?: number;
}): ReactElement {
  const { code, name, message, stack } = error;
  const parts = [attempt, code, name, message].filter((part) => part !== undefined);
  return (
    <div className="error">
      <p className="error-text">{parts.join(': ')}</p>
      {stack !== undefined && (
        <details>
          <summary>Where it was thrown</summary>
          <pre>{stack}</pre>
        </details>
      )}
    </div>
  );
}
