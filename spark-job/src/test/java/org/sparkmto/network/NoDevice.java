package org.sparkmto.network;

/**
 * A device of shapes without numbers: a tensor that a step has left in the memory of the host
 * cannot be added to those on it, and the step fails as it would with a GPU.
 */
public final class NoDevice {
  public static final Device META = Device.META;

  private NoDevice() {}
}
