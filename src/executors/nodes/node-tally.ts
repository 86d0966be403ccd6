/** What a pool counts about its nodes. */
export class NodeTally {
  framesSent = 0;
  framesReceived = 0;
  bytesSent = 0;
  bytesReceived = 0;
  /** Frames of a session that was over. */
  lateFrames = 0;
  lateBeats = 0;
  /** Copies that ran in the domain of another. */
  sharedDomains = 0;
}
