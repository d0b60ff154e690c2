package org.sparkmto.preprocessing;

/**
 * A choice that a raw data set leaves to its user.
 *
 * @param name of the configuration key, such as {@code disparity}
 * @param usual its value when nobody chooses, normally the papers'; empty when it must be given or
 *     has no value of its own
 * @param meaning one sentence: what it changes, the possible values, the source of the usual one
 */
public record DatasetOption(String name, String usual, String meaning) {}
