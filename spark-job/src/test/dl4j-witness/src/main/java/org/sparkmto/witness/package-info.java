/**
 * The witness: the networks of {@code spark-mto} once more, computed by DL4J in a process of its
 * own. Nothing here is on the class path of the application, and nothing of the application is on
 * the class path here: the two exchange files.
 */
package org.sparkmto.witness;
