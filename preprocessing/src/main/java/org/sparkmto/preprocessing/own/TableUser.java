package org.sparkmto.preprocessing.own;

/**
 * Who needs a column of a table, and what may stand in it.
 *
 * @param column its name
 * @param place which key or option names it, for messages
 * @param lists whether it may hold lists
 * @param file whether it names or holds encoded files
 */
record TableUser(String column, String place, boolean lists, boolean file) {}
