package org.sparkmto.exchange;

/** By what ranks on CPUs reach each other. */
public enum PeerLink {
  /** Memory that they share where all of them can, which they try, and Gloo otherwise. */
  AUTO,

  /** Gloo: TCP, also within a machine. */
  GLOO
}
