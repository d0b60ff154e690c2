/** What every configuration has in common: how it is refused. Depends on nothing. */
package org.sparkmto.options;
