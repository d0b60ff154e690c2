/**
 * What a run is asked for: every section of a configuration as a record, read and checked once, and
 * what of them must stay the same for a run to go on.
 */
package org.sparkmto.configuration;
