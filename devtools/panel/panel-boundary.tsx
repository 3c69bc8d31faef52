import { Component, type ReactElement } from 'react';
import { messageOf } from '../../core/errors.js';
import { PanelRoot } from './panel-root.js';
import type { Preferences } from './preferences.js';

interface Props {
  /** As they are by now, wherever the panel began. */
  preferences(): Preferences;
  /** Told when it is to be opened again. */
  again(): void;
  /** The panel, made anew each time that it is opened. */
  children(): ReactElement;
  close(): void;
}

interface State {
  readonly failure: string | undefined;
}

/** A mistake in one view, or a value that nobody thought of, must not take the panel away for good and without a word. */
export class PanelBoundary extends Component<Props, State> {
  override readonly state: State = { failure: undefined };

  static getDerivedStateFromError(thrown: unknown): State {
    return { failure: messageOf(thrown) };
  }

  override render(): ReactElement {
    const { failure } = this.state;
    const { preferences, children, again, close } = this.props;
    if (failure === undefined) return children();
    return (
      <PanelRoot preferences={preferences()}>
        <div className="scroll">
          <div className="failed" role="alert">
            <h2>The panel failed</h2>
            <p className="error-text">{failure}</p>
            <p className="dim">The executor goes on. More of it is in the console of the page.</p>
          </div>
          <div className="failed actions">
            <button type="button" className="button" onClick={close}>
              Close
            </button>
            <button
              type="button"
              className="button primary"
              onClick={() => {
                again();
                this.setState({ failure: undefined });
              }}
            >
              Open again
            </button>
          </div>
        </div>
      </PanelRoot>
    );
  }
}
