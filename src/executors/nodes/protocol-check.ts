import { fromBytes } from '../../core/wire/bytes.ts';
import { isListOf } from '../../core/wire/list-of.ts';
import { isFromCell } from '../processes/protocol-check.ts';
import type { Card, Frame, FromNode, Knock, Parcel, ToNode } from './protocol.ts';

type Fields = Readonly<Record<string, unknown>>;
const isWhole = Number.isInteger;
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumbers = (value: unknown): value is unknown[] => isListOf(value, (one) => typeof one === 'number');

const isMarks = (value: unknown): boolean => isNumbers(value) && value.length >= MARKS_HEAD && (value.length - MARKS_HEAD) % 3 === 0;

function isParcel(parcel: unknown): parcel is Parcel<unknown> {
  if (!Array.isArray(parcel) || parcel.length < 1 || parcel.length > 2) return false;
  return parcel[1] === undefined || parcel[1] instanceof Uint8Array || isText(parcel[1]);
}

/** Whether bytes that came out of a channel are a frame. What its messages are is looked at one by one. */
export function isFrame(value: unknown): value is Frame<unknown> {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [session, number, ack, marks, parcels] = value as unknown[];
  if (!isText(session) || !isWhole(number) || !isWhole(ack)) return false;
  return isListOf(marks, isMarks) && isListOf(parcels, isParcel);
}

/** Numbers of a mark before those of its bundles. */
export const MARKS_HEAD = 6;

const FROM_NODE: Readonly<Record<string, (message: Fields) => boolean>> = {
  answer: ({ thread }) => isWhole(thread),
  welcome: ({ threads, others }) => isWhole(threads) && isWhole(others),
  refused: ({ refusal }) => isRecord(refusal) && isText(refusal.what) && isText(refusal.pool) && isText(refusal.node),
  others: ({ others }) => isWhole(others),
  leaving: () => true,
  bye: () => true,
};

export function isFromNode(message: unknown): message is FromNode {
  if (!isRecord(message) || !isText(message.tell)) return false;
  return Object.hasOwn(FROM_NODE, message.tell) ? FROM_NODE[message.tell]!(message) : isFromCell(message);
}

const isBundle = ({ thread, bundle }: Fields): boolean => isWhole(thread) && isWhole(bundle);
const TO_NODE: Readonly<Record<ToNode['do'], (message: Fields) => boolean>> = {
  start: ({ thread }) => isWhole(thread),
  run: (message) => isBundle(message) && isNumbers(message.ids) && (message.metas === undefined || Array.isArray(message.metas)),
  revoke: isBundle,
  abort: (message) => isBundle(message) && isWhole(message.index),
  assign: ({ thread, slot, generation }) => isWhole(thread) && isWhole(slot) && isWhole(generation),
  tearDown: ({ thread }) => isWhole(thread),
  terminate: ({ thread }) => isWhole(thread),
  measure: ({ thread }) => isWhole(thread),
  ask: ({ thread }) => isWhole(thread),
  end: () => true,
};

export function isToNode(message: unknown): message is ToNode {
  return isRecord(message) && isText(message.do) && Object.hasOwn(TO_NODE, message.do) && TO_NODE[message.do as ToNode['do']](message);
}

export function isKnock(value: unknown): value is Knock {
  if (!isRecord(value) || !isText(value.session) || !isRecord(value.demands) || !isRecord(value.settings)) return false;
  const { demands, settings } = value;
  if (!isText(demands.module) || !isText(demands.holdfast) || !isText(demands.node)) return false;
  return typeof value.silence === 'number' && typeof value.maxPayload === 'number' && isText(settings.name);
}

/** The card of a node, out of what it has announced; `undefined` if that makes no sense. */
export function cardOf(bytes: Uint8Array | undefined): Card | undefined {
  try {
    const card = bytes === undefined ? undefined : fromBytes(bytes);
    return isCard(card) ? card : undefined;
  } catch {
    return undefined;
  }
}

function isCard(value: unknown): value is Card {
  if (!isRecord(value)) return false;
  const texts = [value.host, value.domain, value.module, value.holdfast, value.node];
  return texts.every(isText) && isWhole(value.threads) && typeof value.beat === 'number' && typeof value.open === 'boolean';
}
