/**
 * JSON as every file of this project has it: read within limits, never turned into objects by name,
 * and with null for a number that is not finite.
 */
package org.sparkmto.json;
