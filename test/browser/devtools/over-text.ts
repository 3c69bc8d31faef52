import type { InspectorLink } from '../../../core/inspection/link.js';

/** Either end of a link that carries text, as a socket does. */
export function overText<Sent, Received>(port: MessagePort): InspectorLink<Sent, Received> {
  return {
    send: (frame) => port.postMessage(JSON.stringify(frame)),
    onFrame(listener) {
      const receive = ({ data }: MessageEvent<string>): void => listener(JSON.parse(data));
      port.addEventListener('message', receive);
      port.start();
      return () => port.removeEventListener('message', receive);
    },
  };
}
