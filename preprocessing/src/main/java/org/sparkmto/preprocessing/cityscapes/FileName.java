package org.sparkmto.preprocessing.cityscapes;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file name of the raw data: {@code CITY_SEQUENCE_FRAME_TYPE.EXTENSION} or {@code
 * CITY_SEQUENCE_FRAME_TYPE_TYPE2.EXTENSION}. Frames are not always 000019.
 *
 * @param core city, sequence and frame: the name of the sample
 * @param suffix what comes behind
 */
record FileName(String core, String suffix) {
  private static final Pattern FORM =
      Pattern.compile(
          "([^_.:/\\\\\\p{Cntrl}]+_[0-9]+_[0-9]+)_([A-Za-z0-9]+(?:_[A-Za-z0-9]+)?\\.[A-Za-z0-9]+)");

  /** The parts of a name, if it has this form. */
  static Optional<FileName> parse(String name) {
    Matcher matcher = FORM.matcher(name);
    return matcher.matches()
        ? Optional.of(new FileName(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }
}
