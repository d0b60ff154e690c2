package org.sparkmto.experiment.golden;

/** What an entry asks for does not exist here, so nothing can be compared. */
final class NotOfferedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotOfferedException(String message) {
    super(message);
  }
}
