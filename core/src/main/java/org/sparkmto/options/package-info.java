/**
 * What people choose by name, and what they can set of it: {@link org.sparkmto.options.Option
 * options} that are declared once, with type, usual value and meaning; {@link
 * org.sparkmto.options.Options} that were read and checked; {@link org.sparkmto.options.Registry
 * registries} of what can be named, to which jars may add by an {@link
 * org.sparkmto.options.EntryProvider}. Depends on naming only.
 */
package org.sparkmto.options;
