import { type DragEvent, type ReactElement, type ReactNode, useState } from 'react';

interface Props {
  readonly onFiles: (files: readonly File[]) => Promise<void>;
  readonly children: ReactNode;
}

/** The whole page takes files. The same can be done with a button, so nothing here is for the keyboard. */
export function DropZone({ onFiles, children }: Props): ReactElement {
  const [over, setOver] = useState(false);
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  const drag = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) setOver(false);
  };
  const drop = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setOver(false);
    void onFiles([...event.dataTransfer.files]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop files on is no control
    <div className="drop-zone" onDragEnter={drag} onDragOver={drag} onDragLeave={leave} onDrop={drop}>
      {children}
      {over && (
        <div className="drop-hint" aria-hidden="true">
          Drop Markdown or text files: the team will read these instead
        </div>
      )}
    </div>
  );
}
