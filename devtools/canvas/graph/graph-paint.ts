import type { CanvasAgent, CanvasChannel, CanvasTheme } from '../../canvas-contract.js';
import { endAngle, pointOn } from '../../layout/edge-path.js';
import { compact, perSecond } from '../numbers.js';
import { line, type Pen, roundedBox, type TextFitter } from '../pen.js';
import type { GraphEdge, GraphNode } from './graph-parts.js';

/** How a node is shown. */
export interface NodeLook {
  /** 1, or less for what is not looked at. */
  readonly alpha: number;
  readonly selected: boolean;
  readonly matched: boolean;
  readonly hovered: boolean;
  /** Pixels on the screen per unit: small writing goes when it could not be read. */
  readonly scale: number;
  readonly now: number;
}

const ARROW = 6;
/** Names are less than three pixels high below this scale, and a thousand of them take most of a frame. */
const NAMES = 0.15;
/** Milliseconds that a node shows that something has just gone wrong. */
export const FLASH = 1400;

export function paintEdge(pen: Pen, theme: CanvasTheme, edge: GraphEdge, alpha: number, lit: boolean): void {
  const { path, width } = edge;
  pen.globalAlpha = alpha;
  pen.strokeStyle = lit ? theme.accent : theme.edge;
  pen.lineWidth = width;
  pen.lineCap = 'round';
  pen.beginPath();
  pen.moveTo(path[0] ?? 0, path[1] ?? 0);
  for (let at = 0; at < path.length; at += 8) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = path.subarray(at + 2, at + 8);
    pen.bezierCurveTo(x1, y1, x2, y2, x3, y3);
  }
  pen.stroke();
  const end = pointOn(path, 1);
  const angle = endAngle(path);
  const size = ARROW + width * 0.6;
  pen.fillStyle = lit ? theme.accent : theme.edge;
  pen.beginPath();
  pen.moveTo(end.x, end.y);
  pen.lineTo(end.x - size * Math.cos(angle - 0.45), end.y - size * Math.sin(angle - 0.45));
  pen.lineTo(end.x - size * Math.cos(angle + 0.45), end.y - size * Math.sin(angle + 0.45));
  pen.closePath();
  pen.fill();
  pen.globalAlpha = 1;
}

export function paintNode(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  node: GraphNode,
  look: NodeLook,
): void {
  const { width, height } = node;
  const [left, top] = [node.x - width / 2, node.y - height / 2];
  const radius = node.kind === 'agent' ? 9 : height / 2;
  pen.globalAlpha = look.alpha;
  pen.fillStyle = theme.background;
  roundedBox(pen, left - 3, top - 3, width + 6, height + 6, radius + 3);
  pen.fill();
  pen.fillStyle = theme.surface;
  roundedBox(pen, left, top, width, height, radius);
  pen.fill();
  if (node.kind === 'channel') {
    pen.globalAlpha = look.alpha * (theme.dark ? 0.2 : 0.12);
    pen.fillStyle = theme.channel;
    pen.fill();
    pen.globalAlpha = look.alpha;
  }
  pen.strokeStyle = look.hovered ? theme.mutedText : node.kind === 'channel' ? theme.channel : theme.edge;
  pen.lineWidth = 1.25;
  if (node.agent && !node.agent.registered) pen.setLineDash([4, 3]);
  pen.stroke();
  pen.setLineDash([]);
  ring(pen, theme, node, look, radius);
  if (node.agent) paintAgent(pen, text, theme, node, look);
  else if (node.channel) paintChannel(pen, text, theme, node, look);
  else title(pen, text, theme, node, look, node.x - width / 2 + 12, node.y, width - 24, 'center');
  if (node.pinned) paintPin(pen, theme, left + 9, top - 1);
  const { failed = 0 } = node.agent ?? {};
  const { dropped = 0 } = node.channel ?? {};
  if (failed > 0)
    badge(pen, text, theme, `${compact(failed)} failed`, theme.status.failed, left + width, top - 3);
  if (dropped > 0)
    badge(pen, text, theme, `${compact(dropped)} dropped`, theme.status.dropped, left + width, top - 3);
  pen.globalAlpha = 1;
}

/** Selected: a firm ring. Found by a search: a dashed one. Trouble just now: a red one that fades. */
function ring(pen: Pen, theme: CanvasTheme, node: GraphNode, look: NodeLook, radius: number): void {
  const around = (distance: number): void => {
    const [width, height] = [node.width + 2 * distance, node.height + 2 * distance];
    roundedBox(pen, node.x - width / 2, node.y - height / 2, width, height, radius + distance);
    pen.stroke();
  };
  const flash = 1 - (look.now - node.troubleAt) / FLASH;
  if (flash > 0) {
    pen.globalAlpha = look.alpha * flash;
    pen.strokeStyle = theme.status.failed ?? theme.accent;
    pen.lineWidth = 2.5;
    around(3 + (1 - flash) * 5);
    pen.globalAlpha = look.alpha;
  }
  if (!look.selected && !look.matched) return;
  pen.strokeStyle = theme.selection;
  pen.lineWidth = 2;
  if (!look.selected) pen.setLineDash([5, 4]);
  around(2.5);
  pen.setLineDash([]);
}

function paintAgent(pen: Pen, text: TextFitter, theme: CanvasTheme, node: GraphNode, look: NodeLook): void {
  const { agent } = node;
  if (!agent) return;
  const left = node.x - node.width / 2;
  const detailed = look.scale >= 0.55;
  const titleY = detailed ? node.y - 8 : node.y;
  pen.fillStyle = theme.agent;
  pen.strokeStyle = theme.agent;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(left + 15, titleY, agent.running > 0 ? 4.25 : 3.5, 0, Math.PI * 2);
  if (agent.running > 0) pen.fill();
  else pen.stroke();
  title(pen, text, theme, node, look, left + 26, titleY, node.width - 36, 'left');
  if (!detailed) return;
  const parts = [activityOf(agent)];
  // Room for one of the two: what waits says more, and the filled dot says that it runs.
  if (agent.waiting > 0) parts.push(`${compact(agent.waiting)} queued`);
  else if (agent.running > 0) parts.push(`${compact(agent.running)} running`);
  else if (agent.rate === 0 && agent.succeeded > 0) parts.push(`${compact(agent.succeeded)} done`);
  const font = smallFont(theme, look);
  pen.font = font;
  pen.fillStyle = theme.mutedText;
  pen.textAlign = 'left';
  pen.fillText(text.fit(parts.join(' · '), font, node.width - 36), left + 26, node.y + 10);
}

function activityOf({ registered, rate, running }: CanvasAgent): string {
  if (!registered) return 'gone';
  return rate === 0 && running > 0 ? 'busy' : perSecond(rate);
}

function paintChannel(pen: Pen, text: TextFitter, theme: CanvasTheme, node: GraphNode, look: NodeLook): void {
  const { channel } = node;
  if (!channel) return;
  const left = node.x - node.width / 2;
  const detailed = look.scale >= 0.55;
  const inset = detailed ? 16 : 12;
  const room = node.width - 2 * inset;
  const full = channel.capacity > 0 ? Math.min(1, channel.depth / channel.capacity) : 0;
  let titleRoom = room;
  const y = node.y + (full > 0 ? -3.5 : 0.5);
  if (detailed) {
    const count = countOf(channel);
    const font = smallFont(theme, look);
    const countRoom = text.width(count, font) + 8;
    // A name says more than a number, unless that number is a queue.
    if (channel.depth > 0 || text.width(node.name, titleFont(theme, node, look)) + countRoom <= room) {
      pen.font = font;
      pen.fillStyle = channel.depth > 0 ? theme.text : theme.mutedText;
      pen.textAlign = 'right';
      pen.fillText(count, left + node.width - 15, y);
      titleRoom -= countRoom;
    }
  }
  title(pen, text, theme, node, look, left + inset, y, titleRoom, 'left');
  if (full > 0) paintGauge(pen, theme, left + 17.5, node.y + 9, node.width - 35, full);
}

/** What waits says most; then how fast it flows; then how much has. */
function countOf({ depth, rate, published }: CanvasChannel): string {
  if (depth > 0) return compact(depth);
  if (rate > 0) return perSecond(rate);
  return published > 0 ? compact(published) : '';
}

function paintGauge(
  pen: Pen,
  theme: CanvasTheme,
  left: number,
  y: number,
  width: number,
  full: number,
): void {
  pen.lineCap = 'round';
  pen.lineWidth = 3;
  pen.strokeStyle = theme.border;
  line(pen, left, y, left + width, y);
  pen.strokeStyle = gaugeColour(theme, full);
  line(pen, left, y, left + Math.max(0.5, width * full), y);
}

/** Calm below seven tenths; then a warning, then an alarm. */
export function gaugeColour(theme: CanvasTheme, full: number): string {
  if (full >= 0.95) return theme.status.failed ?? theme.channel;
  return (full >= 0.7 ? theme.status.retrying : undefined) ?? theme.channel;
}

function title(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  node: GraphNode,
  look: NodeLook,
  left: number,
  y: number,
  room: number,
  align: 'left' | 'center',
): void {
  if (look.scale < NAMES) return;
  const font = titleFont(theme, node, look);
  pen.font = font;
  pen.fillStyle = theme.text;
  pen.textAlign = align;
  pen.fillText(text.fit(node.name, font, room), align === 'left' ? left : left + room / 2, y);
}

function titleFont(theme: CanvasTheme, { kind }: GraphNode, { scale }: NodeLook): string {
  return `${kind === 'agent' ? 600 : 500} ${grown(13.5, 1.3, scale)}px ${theme.font}`;
}

function smallFont(theme: CanvasTheme, { scale }: NodeLook): string {
  return `${grown(11, 1.2, scale)}px ${theme.font}`;
}

/** Far out, words grow in the world so that they can still be read on the screen. In half pixels, for few fonts. */
function grown(size: number, most: number, scale: number): number {
  return Math.round(size * Math.min(most, Math.max(1, 0.8 / scale)) * 2) / 2;
}

function badge(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  label: string,
  colour: string | undefined,
  right: number,
  top: number,
): void {
  const font = `600 10px ${theme.font}`;
  const width = text.width(label, font) + 12;
  const left = right - width + 6;
  pen.fillStyle = theme.background;
  roundedBox(pen, left - 1.5, top - 9.5, width + 3, 18, 9);
  pen.fill();
  pen.fillStyle = colour ?? theme.accent;
  roundedBox(pen, left, top - 8, width, 15, 7.5);
  pen.fill();
  pen.font = font;
  pen.fillStyle = theme.dark ? theme.background : '#fff';
  pen.textAlign = 'center';
  pen.fillText(label, left + width / 2, top);
}

function paintPin(pen: Pen, theme: CanvasTheme, x: number, y: number): void {
  pen.fillStyle = theme.selection;
  pen.beginPath();
  pen.arc(x, y, 3.5, 0, Math.PI * 2);
  pen.fill();
  pen.fillStyle = theme.surface;
  pen.beginPath();
  pen.arc(x, y, 1.3, 0, Math.PI * 2);
  pen.fill();
}
