/** Which build is running. Depends on nothing. */
package org.sparkmto.version;
