/** Why a node serves a pool no more. */
export type NodeDownReason =
  /** Its process is gone, or the session with it is lost. */
  | 'gone'
  /** It was not heard of for `nodes.silence` milliseconds: frozen, or cut off. */
  | 'silent'
  /** It has another task module, version, Holdfast or Node than the pool. */
  | 'refused'
  /** It was stopped in order. */
  | 'left'
  /** Its results were found wrong twice. */
  | 'convicted';
