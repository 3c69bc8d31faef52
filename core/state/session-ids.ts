import { CountedText } from './counted-text.js';
import { NO_SESSION, type Session } from './session.js';

/** The ids that one session gives out, with what they have in common. */
export class SessionIds {
  private readonly nodes: CountedText;
  private readonly messages: CountedText;
  private readonly applicationMessages: CountedText;

  constructor({ prefix, startedAt }: Session) {
    this.nodes = new CountedText(`_${startedAt}_`);
    this.messages = new CountedText(`${prefix}-`);
    this.applicationMessages = new CountedText(`${prefix}-0.`);
  }

  /** See {@link nodeIdOf}. */
  node(agent: string, delivery: number): string {
    return agent + this.nodes.of(delivery);
  }

  /** See {@link messageIdOf}. */
  message(publisher: number, ordinal: number): string {
    if (publisher === 0) return this.applicationMessages.of(ordinal);
    return ordinal === 0 ? this.messages.first(publisher) : `${this.messages.of(publisher)}.${ordinal}`;
  }
}

const idsBySession = new WeakMap<Session, SessionIds>();
/** The session asked for last, nearly always the one asked for next. */
let lastSession = NO_SESSION;
let lastIds = new SessionIds(NO_SESSION);

/** Id of a delivery's invocation: stable over attempts and restarts. */
export function nodeIdOf(agent: string, session: Session, delivery: number): string {
  return idsOf(session).node(agent, delivery);
}

/** Id of the `ordinal`-th message that delivery `publisher` publishes (0: the application). Deterministic. */
export function messageIdOf(session: Session, publisher: number, ordinal: number): string {
  return idsOf(session).message(publisher, ordinal);
}

/** For who needs several ids of one session. */
export function idsOf(session: Session): SessionIds {
  return session === lastSession ? lastIds : findIds(session);
}

function findIds(session: Session): SessionIds {
  let ids = idsBySession.get(session);
  if (!ids) {
    ids = new SessionIds(session);
    idsBySession.set(session, ids);
  }
  lastSession = session;
  lastIds = ids;
  return ids;
}
