package org.sparkmto.data;

import java.util.Locale;

/** What a task asks of a sample, hence which loss and metrics fit it. */
public enum TaskKind {
  /** One of {@code classes} classes for the whole sample. */
  CLASSIFICATION,
  /** Yes or no for the whole sample; two classes, one output. */
  BINARY;

  /** The name in a manifest. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static TaskKind ofLabel(String label) {
    for (TaskKind kind : values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    throw new DataContractException("task kind '" + label + "' is not one this version knows");
  }
}
