/** Paths that a user names, and why a storage refuses them. Knows Hadoop and nothing else. */
package org.sparkmto.storage;
