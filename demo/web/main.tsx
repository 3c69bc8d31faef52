import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { ResearchDesk } from './session/research-desk.js';
import './styles/page.css';
import './styles/research.css';

const root = document.getElementById('root');
if (root) {
  const desk = new ResearchDesk();
  createRoot(root).render(
    <StrictMode>
      <App desk={desk} />
    </StrictMode>,
  );
  void desk.open();
}
