// The build makes one file of this and Piscina: its modules cost twice as much to find, read and keep as what is in them. Threads load the
// installed Piscina's own file, so that task modules that import Piscina are told that they are in a thread.
module.exports = require('piscina');
