import { type MetricsSource, NODE_STATES, type NodeNumbers } from '../source.ts';
import type { MetricEntry, Sample } from './entry.ts';

type Plain = Pick<MetricEntry, 'name' | 'help' | 'labels'>;

/** Without nodes there are no series. */
function entry(type: 'counter' | 'gauge', plain: Plain, read: (nodes: NodeNumbers, source: MetricsSource) => Sample[]): MetricEntry {
  return {
    ...plain,
    type,
    unit: undefined,
    aggregator: 'sum',
    read: (source) => {
      const { nodes } = source.gauges();
      return nodes === undefined ? [] : read(nodes, source);
    },
  };
}

const both = (sent: number, received: number): Sample[] => [
  { labels: { direction: 'sent' }, value: sent },
  { labels: { direction: 'received' }, value: received },
];
const one = (value: number): Sample[] => [{ labels: {}, value }];

/** What a pool tells of its nodes. */
export const NODES: readonly MetricEntry[] = [
  entry('gauge', { name: 'nodes', labels: ['state'], help: 'Nodes by state.' }, ({ nodes }) =>
    NODE_STATES.map((state) => ({ labels: { state }, value: nodes.filter((node) => node.state === state).length })),
  ),
  entry(
    'counter',
    { name: 'node_frames_total', labels: ['direction'], help: 'Frames to and from nodes; a frame holds many messages.' },
    ({ framesSent, framesReceived }) => both(framesSent, framesReceived),
  ),
  entry(
    'counter',
    {
      name: 'node_bytes_total',
      labels: ['direction'],
      help: 'Bytes of frames to and from nodes; what is too large for a frame is not in it.',
    },
    ({ bytesSent, bytesReceived }) => both(bytesSent, bytesReceived),
  ),
  entry(
    'counter',
    { name: 'node_late_frames_total', labels: [], help: 'Frames and messages of sessions that were over; they were dropped.' },
    ({ lateFrames }) => one(lateFrames),
  ),
  entry(
    'counter',
    { name: 'node_late_beats_total', labels: [], help: 'Beats of nodes that came more than one beat late.' },
    ({ lateBeats }) => one(lateBeats),
  ),
  entry('counter', { name: 'node_reruns_total', labels: [], help: 'Attempts that were lost with their node.' }, (_, { tally }) =>
    one(tally.nodeReruns),
  ),
  entry(
    'counter',
    { name: 'shared_domains_total', labels: [], help: 'Copies that had to run in a domain in which another copy of their task had run.' },
    ({ sharedDomains }) => one(sharedDomains),
  ),
];
